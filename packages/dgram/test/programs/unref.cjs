// A bound socket keeps the process alive, one that is unref does not.
const dgram = require('node:dgram')
const socket = dgram.createSocket('udp4')
socket.bind(0, '127.0.0.1', () => {
  console.log('bound')
  if (process.argv[2] === 'unref') socket.unref()
})
if (process.argv[2] === 'early') socket.unref()
const timer = setTimeout(
  () => {
    console.log('still there')
    socket.close()
  },
  process.argv[2] === 'ref' ? 50 : 600_000,
)
timer.unref() // it comes only if something else keeps the process alive
process.on('exit', () => console.log('ended'))
