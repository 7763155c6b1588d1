import {
  IconActivity,
  IconArrowsExchange,
  IconBuildingBank,
  IconChartCandle,
  IconChartPie,
  IconHeartRateMonitor,
  IconLayoutDashboard,
  IconListDetails,
  IconUserCircle,
} from '@tabler/icons-react'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'

export const destinations = [
  { label: i18n.t('Dashboard'), path: paths.dashboard, icon: IconLayoutDashboard, isPublic: false },
  { label: i18n.t('Market'), path: paths.market, icon: IconChartCandle, isPublic: true },
  { label: i18n.t('Trade'), path: paths.trade, icon: IconArrowsExchange, isPublic: false },
  { label: i18n.t('Portfolio'), path: paths.portfolio, icon: IconChartPie, isPublic: false },
  { label: i18n.t('Orders'), path: paths.orders, icon: IconListDetails, isPublic: false },
  { label: i18n.t('Activity'), path: paths.activity, icon: IconActivity, isPublic: false },
  { label: i18n.t('Account'), path: paths.account, icon: IconBuildingBank, isPublic: false },
  { label: i18n.t('Profile'), path: paths.profile, icon: IconUserCircle, isPublic: false },
  { label: i18n.t('System'), path: paths.system, icon: IconHeartRateMonitor, isPublic: true },
] as const
