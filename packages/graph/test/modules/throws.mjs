throw new Error('not today\nnor tomorrow')
