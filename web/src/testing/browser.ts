import { TextDecoder, TextEncoder } from 'node:util'

/** What jsdom lacks and our libraries ask for, some already when they are imported: import this file first. */
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
