"""自建看板: pictures that members put together, and how a board is given away: link, mail, PDF."""
