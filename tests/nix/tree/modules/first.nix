{ first = 1; }
