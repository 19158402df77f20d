"""What surfaces share whose error is made of data: each model is one file in surfaces/, and stands on these."""
