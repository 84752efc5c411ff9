"""scimlab: whom Entra ID retries in vain, how many people are paid for, and how each is brought back in order."""
