"""Services: the operations of the application, such as open, place, assign, send, track. No Qt, no user texts."""
