"""What every room needs: scoped base model, actors, permissions, audit, outbox, jobs, registries. Knows no room."""
