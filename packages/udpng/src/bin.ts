#!/usr/bin/env node
import { main } from '@udpng/cli'

main().then((exitCode) => {
  process.exitCode = exitCode
})
