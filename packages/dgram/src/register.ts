/**
 * Replaces `createSocket` and `Socket` of `node:dgram`, for the whole program: `node --require @udpng/dgram/register app.js`, or
 * `--import`. Sockets that are open already stay as they are. If the environment variable `UDPNG_REPORT` names a file, each process
 * and worker thread appends a line of JSON to it at its end, with the counters of its sockets.
 *
 * @packageDocumentation
 */
import dgram from 'node:dgram'
import { syncBuiltinESMExports } from 'node:module'
import { createSocket, Socket } from './dgram.js'
import { reportTo } from './report.js'

Object.assign(dgram, { createSocket, Socket })
syncBuiltinESMExports()
if (process.env['UDPNG_REPORT']) reportTo(process.env['UDPNG_REPORT'])
