import { describeProcesses } from 'process-tests'

describeProcesses('dgram')
