import { dateLocale, type Language, numberLocale } from '@cnop/kit/language'

const kinds = {
  ...{ DEPOSIT: 'Deposit', WITHDRAWAL: 'Withdrawal', BUY: 'Buy', SELL: 'Sell' },
  ...{
    RED_POCKET: 'Red pocket',
    HOLD: 'Set aside',
    RELEASE: 'Returned',
    REPLACE: 'Order replaced',
  },
  ...{ CLOSING_BALANCE: 'Closing balance', OPENING_BALANCE: 'Opening balance' },
}
const methods = { FIFO: 'FIFO', HIFO: 'HIFO', NAMED: 'Named' }

const english = {
  /** What schema values are called; `kinds` are those of the activity, and the two balances of a statement. */
  ...{ kinds, methods },
  headers: {
    ...{ sequence: 'No.', createdAt: 'When', kind: 'What', assetId: 'Asset' },
    ...{ quantity: 'Quantity', price: 'Price', fee: 'Fee', cash: 'Cash', balance: 'Balance' },
    ...{ acquiredOn: 'Acquired', soldAt: 'Sold', daysHeld: 'Days held', proceeds: 'Proceeds' },
    ...{ basis: 'Basis', gain: 'Gain', method: 'Method' },
  },
  statement: (month: string) => `Account statement, ${month}`,
  gains: (year: string) => `Realised gains ${year}`,
  account: (username: string) => `Account ${username}`,
  issued: (moment: string) => `Issued ${moment} UTC. Amounts are US dollars; times are UTC.`,
  rowsAreLots: 'A row is what a sale took of one lot.',
  page: (number: string) => `Page ${number}`,
  allAssets: 'All assets',
  kindTotal: (kind: string, entries: string, cash: string) => `${kind}: ${entries}, cash ${cash}`,
  sums: (of: string, proceeds: string, fee: string, basis: string, gain: string) =>
    `${of}: proceeds ${proceeds}, fee ${fee}, basis ${basis}, gain ${gain}`,
}

type Texts = typeof english

const chinese: Texts = {
  kinds: {
    ...{ DEPOSIT: '存入', WITHDRAWAL: '提取', BUY: '买入', SELL: '卖出' },
    ...{ RED_POCKET: '红包', HOLD: '冻结', RELEASE: '解冻', REPLACE: '委托替换' },
    ...{ CLOSING_BALANCE: '期末余额', OPENING_BALANCE: '期初余额' },
  },
  methods: { FIFO: '先进先出', HIFO: '高成本先出', NAMED: '指定批次' },
  headers: {
    ...{ sequence: '序号', createdAt: '时间', kind: '类型', assetId: '资产' },
    ...{ quantity: '数量', price: '价格', fee: '手续费', cash: '现金', balance: '余额' },
    ...{ acquiredOn: '买入日期', soldAt: '卖出日期', daysHeld: '持有天数', proceeds: '卖出所得' },
    ...{ basis: '成本', gain: '盈亏', method: '取用方式' },
  },
  statement: (month) => `${month}账户对账单`,
  gains: (year) => `${year}年已实现盈亏`,
  account: (username) => `账户 ${username}`,
  issued: (moment) => `出具时间：${moment} UTC。金额单位为美元，时间均为 UTC。`,
  rowsAreLots: '每行是一笔卖出从一个批次中取用的部分。',
  page: (number) => `第 ${number} 页`,
  allAssets: '全部资产',
  kindTotal: (kind, entries, cash) => `${kind}：${entries} 笔，现金 ${cash}`,
  sums: (of, proceeds, fee, basis, gain) =>
    `${of}：卖出所得 ${proceeds}，手续费 ${fee}，成本 ${basis}，盈亏 ${gain}`,
}

type Value = string | number | null

/** Dates, in UTC, and numbers as a language writes them; a dash where there is nothing. */
function writing(language: Language) {
  const locale = dateLocale(language)
  const date = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
  const days = new Intl.DateTimeFormat(locale, date)
  const moments = new Intl.DateTimeFormat(locale, { ...date, ...clock })
  const months = new Intl.DateTimeFormat(locale, { ...date, day: undefined, month: 'long' })
  const parts = new Intl.NumberFormat(numberLocale(language)).formatToParts(1234.5)
  const signOf = (type: 'group' | 'decimal') => parts.find((part) => part.type === type)?.value
  const at = (form: Intl.DateTimeFormat) => (value: Value) =>
    value === null ? '–' : form.format(new Date(value))
  return {
    ...{ day: at(days), moment: at(moments), month: at(months) },
    /** "1,234.5": with all the decimals that it comes with. */
    number: (value: Value): string => {
      const [whole = '', fraction] = String(value ?? '–').split('.')
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, signOf('group') ?? '')
      return fraction === undefined ? grouped : `${grouped}${signOf('decimal') ?? '.'}${fraction}`
    },
  }
}

export type Words = Texts & ReturnType<typeof writing> & { readonly language: Language }

const inLanguage = (language: Language, texts: Texts): Words => ({
  ...{ language, ...texts },
  ...writing(language),
})

/** The words of the reports on paper. Those of files for machines never change. */
export const wordsIn: Readonly<Record<Language, Words>> = {
  en: inLanguage('en', english),
  'zh-CN': inLanguage('zh-CN', chinese),
}

/** What a table of words calls a value, or else the value. */
export const wordFor = (table: Readonly<Record<string, string>>, value: Value): string =>
  table[String(value)] ?? String(value ?? '–')
