import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './styles/index.css'
import { type Known, LiveSystem } from './model/live-system.js'
import { hideToken } from './model/token.js'
import { App } from './view/app.jsx'
import { applyTheme, initialTheme } from './view/theme.js'

hideToken()
applyTheme(initialTheme())
const root = document.getElementById('page') as HTMLElement
let due = false

const system = new LiveSystem(draw)
draw(system.known)
void system.open()

/** Draws with the next frame: once, however much has changed, and not at all while the page is hidden. */
function draw(_known: Known): void {
  if (due) return
  due = true
  requestAnimationFrame(() => {
    due = false
    render(<App known={system.known} />, root)
  })
}
