"""What the window goes through: failures, random users, long days, and a screen that goes away."""
