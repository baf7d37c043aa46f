// A listener that throws does not lose the messages after it.
const dgram = require('node:dgram')
process.on('uncaughtException', (error) => console.log('uncaught', error.message))
const socket = dgram.createSocket('udp4')
socket.on('message', (data) => {
  console.log(String(data))
  if (String(data) === 'end') socket.close()
  else throw new Error(`at ${data}`)
})
socket.bind(0, '127.0.0.1', () => {
  for (const text of ['one', 'two', 'end']) socket.send(text, socket.address().port)
})
