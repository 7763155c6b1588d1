import Sequencer from '@jest/test-sequencer'

/**
 * Runs the suites that start the platform before the others. A fresh clone has no record of durations, and a suite of
 * minutes that starts last would run alone.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests)
    const isLong = ({ path }) => path.includes('/tests/')
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))]
  }
}
