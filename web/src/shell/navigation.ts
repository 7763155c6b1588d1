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
import { paths } from '../paths.ts'

export const destinations = [
  { label: 'Dashboard', path: paths.dashboard, icon: IconLayoutDashboard, isPublic: false },
  { label: 'Market', path: paths.market, icon: IconChartCandle, isPublic: true },
  { label: 'Trade', path: paths.trade, icon: IconArrowsExchange, isPublic: false },
  { label: 'Portfolio', path: paths.portfolio, icon: IconChartPie, isPublic: false },
  { label: 'Orders', path: paths.orders, icon: IconListDetails, isPublic: false },
  { label: 'Activity', path: paths.activity, icon: IconActivity, isPublic: false },
  { label: 'Account', path: paths.account, icon: IconBuildingBank, isPublic: false },
  { label: 'Profile', path: paths.profile, icon: IconUserCircle, isPublic: false },
  { label: 'System', path: paths.system, icon: IconHeartRateMonitor, isPublic: true },
] as const
