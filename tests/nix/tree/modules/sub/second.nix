{ second = 2; }
