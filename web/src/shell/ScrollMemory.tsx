import { useEffect, useLayoutEffect, useRef } from 'react'
import { NavigationType, useLocation, useNavigationType } from 'react-router'

/** How long a page that is read again may take to become as high as it was. */
const patienceMs = 5_000
/** The most entries of the history whose places are known; the oldest is forgotten first. */
const mostPlaces = 100

/** Scrolls to a place as soon as the page is high enough for it, unless the user does something first. */
function returnTo(top: number): () => void {
  const stopping = new AbortController()
  const observer = new ResizeObserver(() => {
    window.scrollTo(0, top)
    if (Math.abs(window.scrollY - top) < 2) stopping.abort()
  })
  const timer = setTimeout(() => stopping.abort(), patienceMs)
  const stop = () => stopping.abort()
  const { signal } = stopping
  for (const name of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
    window.addEventListener(name, stop, { signal, passive: true })
  }
  signal.addEventListener('abort', () => {
    observer.disconnect()
    clearTimeout(timer)
  })
  observer.observe(document.body)
  return stop
}

/** A link leads to the top of its page, and "back" to where one was on the page before. */
export function ScrollMemory() {
  const { key, pathname, hash } = useLocation()
  const type = useNavigationType()
  const places = useRef(new Map<string, number>())
  const shown = useRef(pathname)
  useEffect(() => {
    // The browser would scroll before the page is there.
    window.history.scrollRestoration = 'manual'
  }, [])
  useLayoutEffect(() => {
    const known = places.current
    const isOther = shown.current !== pathname
    shown.current = pathname
    const remember = () => {
      known.delete(key)
      known.set(key, window.scrollY)
      const [oldest] = known.keys()
      if (known.size > mostPlaces && oldest !== undefined) known.delete(oldest)
    }
    let stop = (): void => undefined
    const place = known.get(key)
    if (type === NavigationType.Pop && place !== undefined && hash === '') stop = returnTo(place)
    else if (type !== NavigationType.Pop && isOther) window.scrollTo(0, 0)
    window.addEventListener('scroll', remember, { passive: true })
    return () => {
      stop()
      window.removeEventListener('scroll', remember)
    }
  }, [key, pathname, hash, type])
  return null
}
