import { TextDecoder, TextEncoder } from 'node:util'

/** Browser features that jsdom lacks and libraries use, some at import. Import this file first. */
class QuietObserver {
  observe() {
    return undefined
  }
  unobserve() {
    return undefined
  }
  disconnect() {
    return undefined
  }
}

const matchNothing = (media: string) => ({
  matches: false,
  media,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
})

Object.assign(globalThis, { TextDecoder, TextEncoder, ResizeObserver: QuietObserver })
Object.defineProperty(window, 'matchMedia', { configurable: true, value: matchNothing })
Element.prototype.scrollIntoView = () => undefined
