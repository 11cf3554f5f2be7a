"""Landing pages of the brand's own: put together from blocks, published in versions, tried against each other; their forms bring leads."""
