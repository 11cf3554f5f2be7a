"""Tracking: short links, QR codes, promo codes and site tags that lead a sale back to its cause."""
