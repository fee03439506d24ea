"""What buyers say about goods, allowed or hidden by the shop."""
