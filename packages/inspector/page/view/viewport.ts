import type { Box, Point, Size } from '../layout/geometry.js'

const SMALLEST = 0.08
const LARGEST = 2.5
const MARGIN = 28
/** Below this, names are all that can be read. */
const FAR = 0.5
/** A pointer that moved less pressed a button. */
const DRAG_PX = 5

/** The visible part of the graph: pan and zoom, by mouse, touch and keyboard. */
export class Viewport {
  readonly #window: HTMLElement
  readonly #canvas: HTMLElement
  readonly #pointers = new Map<number, Point>()
  readonly #observer: ResizeObserver
  #size: Size = { width: 0, height: 0 }
  #scale = 1
  #x = 0
  #y = 0
  /** Until the user moves it, all of it is shown, however much it is. */
  #fitted = true
  #dragged = false

  constructor(window: HTMLElement, canvas: HTMLElement) {
    this.#window = window
    this.#canvas = canvas
    window.addEventListener('wheel', this.#wheel, { passive: false })
    window.addEventListener('pointerdown', this.#down)
    window.addEventListener('pointermove', this.#move)
    window.addEventListener('pointerup', this.#up)
    window.addEventListener('pointercancel', this.#up)
    window.addEventListener('click', this.#click, { capture: true })
    this.#observer = new ResizeObserver(() => this.#fitted && this.fit())
    this.#observer.observe(window)
  }

  close(): void {
    this.#observer.disconnect()
    this.#window.removeEventListener('wheel', this.#wheel)
    this.#window.removeEventListener('pointerdown', this.#down)
    this.#window.removeEventListener('pointermove', this.#move)
    this.#window.removeEventListener('pointerup', this.#up)
    this.#window.removeEventListener('pointercancel', this.#up)
    this.#window.removeEventListener('click', this.#click, { capture: true })
  }

  /** Sets the size of the whole graph. */
  resize(size: Size): void {
    this.#size = size
    if (this.#fitted) this.fit()
  }

  /** Shows all of it. */
  fit(): void {
    const { clientWidth, clientHeight } = this.#window
    const { width, height } = this.#size
    if (width === 0 || clientWidth === 0) return
    const room = { width: clientWidth - 2 * MARGIN, height: clientHeight - 2 * MARGIN }
    const scale = Math.min(1.15, room.width / width, room.height / height)
    this.#scale = Math.max(SMALLEST, scale)
    this.#x = (clientWidth - width * this.#scale) / 2
    this.#y = (clientHeight - height * this.#scale) / 2
    this.#fitted = true
    this.#apply()
  }

  /** Zooms by a factor, around the middle. */
  zoom(factor: number): void {
    const { clientWidth, clientHeight } = this.#window
    this.#zoomAt(factor, { x: clientWidth / 2, y: clientHeight / 2 })
  }

  /** Moves as little as needed for all of this to be seen. */
  reveal({ x, y, width, height }: Box): void {
    const shift = (start: number, length: number, room: number): number =>
      start < MARGIN
        ? MARGIN - start
        : Math.max(MARGIN - start, Math.min(0, room - MARGIN - start - length))
    const scale = this.#scale
    const { clientWidth, clientHeight } = this.#window
    const dx = shift(this.#x + x * scale, width * scale, clientWidth)
    const dy = shift(this.#y + y * scale, height * scale, clientHeight)
    if (dx !== 0 || dy !== 0) this.#pan(dx, dy)
  }

  #pan(dx: number, dy: number): void {
    this.#x += dx
    this.#y += dy
    this.#fitted = false
    this.#apply()
  }

  #zoomAt(factor: number, { x, y }: Point): void {
    const scale = Math.min(LARGEST, Math.max(SMALLEST, this.#scale * factor))
    this.#x = x - ((x - this.#x) * scale) / this.#scale
    this.#y = y - ((y - this.#y) * scale) / this.#scale
    this.#scale = scale
    this.#fitted = false
    this.#apply()
  }

  #apply(): void {
    this.#canvas.style.transform = `translate(${this.#x}px, ${this.#y}px) scale(${this.#scale})`
    const detail = this.#scale < FAR ? 'far' : 'near'
    if (this.#canvas.dataset['detail'] !== detail) this.#canvas.dataset['detail'] = detail
  }

  #place({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.#window.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault()
    // A pinch on a touch pad comes as a wheel with Ctrl, in smaller steps.
    this.#zoomAt(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), this.#place(event))
  }

  readonly #down = (event: PointerEvent): void => {
    if (event.button !== 0) return
    if (this.#pointers.size === 0) this.#dragged = false
    this.#pointers.set(event.pointerId, this.#place(event))
  }

  readonly #move = (event: PointerEvent): void => {
    const before = this.#pointers.get(event.pointerId)
    if (!before) return
    const now = this.#place(event)
    const [dx, dy] = [now.x - before.x, now.y - before.y]
    if (!this.#dragged && Math.hypot(dx, dy) < DRAG_PX) return
    if (!this.#dragged) this.#window.setPointerCapture(event.pointerId)
    this.#dragged = true
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1]
    this.#pointers.set(event.pointerId, now)
    if (!other) {
      this.#pan(dx, dy)
      return
    }
    const apart = (point: Point): number => Math.hypot(point.x - other.x, point.y - other.y)
    this.#pan(dx / 2, dy / 2)
    this.#zoomAt(apart(now) / Math.max(1, apart(before)), {
      x: (now.x + other.x) / 2,
      y: (now.y + other.y) / 2,
    })
  }

  readonly #up = (event: PointerEvent): void => void this.#pointers.delete(event.pointerId)

  /** After a drag, the click on the element under the pointer is ignored. */
  readonly #click = (event: MouseEvent): void => {
    if (this.#dragged && event.detail > 0) event.stopPropagation()
    this.#dragged = false
  }
}
