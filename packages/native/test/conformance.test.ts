import { describeSockets } from '@udpng/transport-tests'
import { available } from './available.js'
import { supports } from './supports.js'

const transport = available()
if (transport) describeSockets(transport, supports)
