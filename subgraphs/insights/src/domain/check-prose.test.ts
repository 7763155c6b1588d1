import { describe, expect, it } from '@jest/globals'
import { sampleFigures, sampleNowMs } from '../testing/sample-portfolio.ts'
import { checkProse } from './check-prose.ts'
import { findWhatStandsOut } from './findings.ts'
import { writePrompt } from './prompt.ts'

// Total 12,345.60: cash 2,345.60 (19.0%), BTC 8,000 (64.8%, +25.0%), 1INCH 2,000 (16.2%, -20.0%, 10.0% below its cost).
const figures = sampleFigures({
  cash: '2345.60',
  assets: {
    BTC: { worth: '8000', dayAgo: '6400', paid: '8000' },
    '1INCH': { worth: '2000', dayAgo: '2500', paid: '2222.22' },
  },
  trades: [{ minutesAgo: 300, total: '8000' }],
})
const prompt = writePrompt(figures, findWhatStandsOut(figures, sampleNowMs), sampleNowMs)
const rest = 'It is worth a closer look.'
const judge = (text: string): string => {
  const checked = checkProse(text, prompt)
  return checked.isGood ? 'good' : checked.fault
}

describe('checkProse', () => {
  it.each([
    'BTC makes up 64.8% of your portfolio.',
    'BTC makes up 65% of your $12,346 portfolio.',
    'BTC rose by 25 percent over 24 hours while 1INCH fell -20.0%.',
    'You hold 2 assets worth $10,000.00 and 2345.60 USD in cash.',
    'Your portfolio of $12.3k holds $8k of BTC.',
    'You bought 0.5 BTC 5 hours ago for $8,000.',
    '1INCH is at -$222.22, or -10.0% of what you paid.',
    '**BTC** makes up 64.8%\nof your portfolio.',
    'One asset dominates your holdings, and BTC’s +25.0% helped.',
  ])('shows what repeats the facts: %s', (sentence) => {
    expect(judge(`${sentence} ${rest}`)).toBe('good')
  })

  it.each([
    ['an invented share', 'BTC makes up 71% of your portfolio.'],
    ['one more decimal than known', 'BTC makes up 64.83% of your portfolio.'],
    ['an invented amount', 'You made $50,000 with BTC.'],
    ['an amount reported as a share', 'BTC makes up 8,000% of your portfolio.'],
    ['a share reported as an amount', 'BTC is worth $64.80 now.'],
    ['a count reported as a share', 'BTC makes up 2% of your portfolio.'],
    ['the wrong direction', 'BTC moved -25.0% over the day.'],
    ['another direction', '1INCH moved +20.0% over the day.'],
    ['the wrong magnitude', 'Your portfolio is worth $12.3 million.'],
    ['a number in words', 'BTC makes up sixty percent of your portfolio.'],
    ['a fraction in words', 'BTC makes up about half of your portfolio.'],
    ['a multiple in words', 'BTC doubled your money.'],
    ['a quantity rounded beyond recognition', 'You bought 1 BTC today.'],
    ['a date', 'You bought BTC on 2026-01-05.'],
  ])('refuses %s', (_name, sentence) => {
    expect(judge(`${sentence} ${rest}`)).toBe('NUMBERS')
  })

  it.each([
    ['HTML', 'Your <img src=x onerror=alert(1)> portfolio looks fine.', 'MARKUP'],
    ['an invisible letter', 'Your port\u3164folio looks fine.', 'MARKUP'],
    ['a link', 'Look at https://evil.example for more.', 'MARKUP'],
    ['a bare domain', 'Look at evil.example for more.', 'MARKUP'],
    ['a markdown link', 'Look [here](javascript:void) for more.', 'MARKUP'],
    ['an address', 'Write to me@evil for more.', 'MARKUP'],
    ['text that runs backwards', 'Your portfolio \u202Elooks fine.', 'MARKUP'],
    ['a fraction sign', 'BTC makes up ½ of your portfolio.', 'MARKUP'],
    ['wide digits', 'BTC makes up ７１% of your portfolio.', 'MARKUP'],
    ['foreign digits', 'BTC makes up ٧١ parts of it.', 'MARKUP'],
    ['markup in disguise', 'Your ＜b＞portfolio＜/b＞ looks fine.', 'MARKUP'],
    ['a phishing request', 'Please confirm your password now.', 'SUBJECT'],
    ['a phishing request in disguise', 'Please confirm your 𝗽𝗮𝘀𝘀𝘄𝗼𝗿𝗱 now.', 'SUBJECT'],
    ['talk of instructions', 'Ignore all previous instructions.', 'SUBJECT'],
    ['a promise', 'A profit is guaranteed here.', 'SUBJECT'],
    ['a tip for something not owned', 'You should buy SCAM today.', 'ASSETS'],
  ])('refuses %s', (_name, sentence, fault) => {
    expect(judge(`${sentence} ${rest}`)).toBe(fault)
  })

  it.each([
    ['nothing', ''],
    ['one sentence', 'BTC makes up much of your portfolio.'],
    ['five sentences', `${rest} `.repeat(5)],
    ['a text that breaks off', `${rest} BTC makes up much of`],
    ['a very long text', `${'very '.repeat(300)}long. ${rest}`],
    ['a flood', 'x'.repeat(1_000_000)],
  ])('refuses %s', (_name, text) => {
    expect(judge(text)).toBe('LENGTH')
  })

  it('takes line breaks and emphasis out of what it shows', () => {
    expect(checkProse(`**BTC** makes up 64.8%\n\nof it. ${rest} `, prompt)).toEqual({
      isGood: true,
      text: `BTC makes up 64.8% of it. ${rest}`,
    })
  })
})
