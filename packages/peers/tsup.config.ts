import { library } from '../../tsup.base.ts'

export default library([
  'simple-peer',
  'targetted-peer',
  'postbox-peer',
  'udp-sender',
  'udp-receiver',
])
