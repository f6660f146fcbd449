"""What is in every user's state and so may never change."""
