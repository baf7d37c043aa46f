import { describeProcesses } from 'peer-conformance'

describeProcesses('dgram')
