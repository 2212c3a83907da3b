"""Floor 3: the money: measures, approvals, vouchers, the split between funds, claims, and lots put out to tender."""
