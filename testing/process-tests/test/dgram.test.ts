import { describeDescriptors, describeProcesses } from 'process-tests'

describeProcesses('dgram')
describeDescriptors('dgram')
