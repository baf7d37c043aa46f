/**
 * Replaces `createSocket` and `Socket` of `node:dgram`, for the whole program: `node --import @udpng/dgram/register app.js`, or
 * `--require`. Sockets that are open already stay as they are.
 *
 * @packageDocumentation
 */
import dgram from 'node:dgram'
import { syncBuiltinESMExports } from 'node:module'
import { createSocket, Socket } from './dgram.js'

Object.assign(dgram, { createSocket, Socket })
syncBuiltinESMExports()
