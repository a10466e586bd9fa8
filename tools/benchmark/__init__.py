"""What tools/bench is made of: workloads, contenders, measuring, reports."""
