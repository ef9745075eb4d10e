"""What the simulator does when one thing changes, and what it never does: levers and conservation laws."""
