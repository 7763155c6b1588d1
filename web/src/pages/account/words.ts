import { i18n } from '../../i18n.ts'

/** What the form says in each direction, in whole sentences, because languages order their words differently. */
export const words = {
  deposit: {
    name: i18n.t('Deposit'),
    noun: i18n.t('the deposit'),
    send: (amount: string) => i18n.t('Deposit {amount}', { amount }),
    done: (amount: string) => i18n.t('{amount} deposited', { amount }),
    question: (amount: string) => i18n.t('Did your deposit of {amount} go through?', { amount }),
    again: (amount: string) => i18n.t('Send the deposit again ({amount})', { amount }),
    settled: i18n.t('Your deposit went through'),
    settledOnce: (amount: string, time: string) =>
      i18n.t('{amount} deposited once, on {time}.', { amount, time }),
  },
  withdraw: {
    name: i18n.t('Withdraw'),
    noun: i18n.t('the withdrawal'),
    send: (amount: string) => i18n.t('Withdraw {amount}', { amount }),
    done: (amount: string) => i18n.t('{amount} withdrawn', { amount }),
    question: (amount: string) => i18n.t('Did your withdrawal of {amount} go through?', { amount }),
    again: (amount: string) => i18n.t('Send the withdrawal again ({amount})', { amount }),
    settled: i18n.t('Your withdrawal went through'),
    settledOnce: (amount: string, time: string) =>
      i18n.t('{amount} withdrawn once, on {time}.', { amount, time }),
  },
} as const
