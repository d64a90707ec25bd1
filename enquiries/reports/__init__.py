"""Reports that stand still: what each kind counts, as sections that are stored and never counted again."""
