#!/usr/bin/env node
import { main } from './main.js'

main().then((exitCode) => {
  process.exitCode = exitCode
})
