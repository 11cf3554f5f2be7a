"""Who works here: brands (workspaces), members and their roles, invitations, API keys, sign-in."""
