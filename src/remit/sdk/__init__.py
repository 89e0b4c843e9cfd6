"""What an agent needs: messages and a client. It imports nothing of the house but errors."""
