"""Whether a sentence stands in what it cites: figures, names, negations and words, compared by code alone."""
