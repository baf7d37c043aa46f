export { describeDescriptors } from './describe-descriptors.js'
export { describeProcesses } from './describe-processes.js'
