"""Stories in a real browser, each as one of the people who will use it."""
