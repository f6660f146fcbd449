"""What the handlers of all resource types share, with small handlers of their own."""
