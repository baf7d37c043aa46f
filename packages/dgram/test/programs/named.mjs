// The same with the import of a name, and in a worker thread and a child process, too.
import { fork } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isMainThread, Worker } from 'node:worker_threads'

const receiver = createSocket('udp4')
receiver.bind(0, '127.0.0.1')
await once(receiver, 'listening')
const message = once(receiver, 'message')
receiver.send('hello', receiver.address().port)
const [data] = await message
const where = process.argv[2] ?? (isMainThread ? 'main' : 'worker')
console.log(where, String(data), receiver.stats?.transport)
receiver.close()
if (where === 'main') {
  await once(new Worker(new URL(import.meta.url)), 'exit')
  await once(fork(new URL(import.meta.url), ['child']), 'exit')
}
