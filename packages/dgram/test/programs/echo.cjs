// Two sockets in one process; prints what came, and which transport served them.
const dgram = require('node:dgram')
const receiver = dgram.createSocket('udp4', (data) => {
  console.log(String(data), receiver.stats?.transport, receiver instanceof dgram.Socket)
  receiver.close()
  sender.close()
})
const sender = dgram.createSocket('udp4')
receiver.bind(0, '127.0.0.1', () => sender.send('hello', receiver.address().port))
