import type { ComponentPicture } from '../../src/protocol.js'
import type { Box } from '../layout/geometry.js'
import { ComponentName } from './component-name.jsx'
import { pure } from './pure.js'
import { StateMark } from './state-mark.jsx'

interface FrameProps {
  readonly name: string
  readonly component: ComponentPicture
  readonly box: Box
  readonly selected: boolean
  readonly reachable: boolean
}

/** A component around its parts. */
export const Frame = pure<FrameProps>(({ name, component, box, selected, reachable }) => (
  <div
    class="frame"
    data-state={component.state}
    data-selected={selected}
    style={{
      transform: `translate(${box.x}px, ${box.y}px)`,
      width: `${box.width}px`,
      height: `${box.height}px`,
    }}
  >
    <button
      type="button"
      class="frame-title"
      data-component={name}
      aria-label={`${name}, ${component.state}, with its parts`}
      tabIndex={reachable ? 0 : -1}
    >
      <StateMark state={component.state} />
      <ComponentName name={name} />
    </button>
  </div>
))
