import { config } from '../config.ts'

export function LogoMark({ size = 28 }: { size?: number }) {
  return <img src="/favicon.svg" width={size} height={size} alt="" />
}

export function Wordmark() {
  return (
    <>
      <LogoMark />
      <span>{config.productName}</span>
    </>
  )
}
