/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { MantineProvider } from '@mantine/core'
import { act, cleanup, render, screen } from '@testing-library/react'
import { FailureNotice } from './FailureNotice.tsx'
import { SubmitButton } from './SubmitButton.tsx'
import { formatWait } from './wait.ts'

beforeEach(() => void jest.useFakeTimers())
afterEach(() => {
  cleanup()
  jest.useRealTimers()
})

it('counts down until a refused request may be repeated, and offers that then', () => {
  const failure = { code: 'RATE_LIMITED', sentence: 'Too fast.', retryAtMs: Date.now() + 3_000 }
  render(
    <MantineProvider>
      <FailureNotice failure={failure} onRetry={() => undefined} />
      <SubmitButton reason={null} failure={failure}>
        Send
      </SubmitButton>
    </MantineProvider>,
  )
  const passSeconds = (seconds: number) => act(() => jest.advanceTimersByTime(seconds * 1000))
  const areDisabled = () =>
    screen.getAllByRole('button').map((button) => button.getAttribute('aria-disabled') !== null)
  const waits = () => screen.getAllByRole('timer').map(({ textContent }) => textContent)
  const inBoth = (wait: string) => [wait, wait]
  expect(waits()).toEqual(inBoth('You can try again in 3 s.'))
  passSeconds(2)
  expect(waits()).toEqual(inBoth('You can try again in 1 s.'))
  expect(areDisabled()).toEqual([true, true])
  passSeconds(1)
  expect(waits()).toEqual(inBoth('You can try again now.'))
  expect(areDisabled()).toEqual([false, false])
})

it.each([
  [1, '1 s'],
  [119, '119 s'],
  [121, '3 min'],
  [7_201, '3 h'],
])('words a wait of %i seconds as %s', (seconds, text) => {
  expect(formatWait(seconds)).toBe(text)
})
