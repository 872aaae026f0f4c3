export default function Loading() {
  return (
    <div aria-busy="true" className="grid grid-cols-1 gap-6 lg:grid-cols-[25rem_1fr] lg:gap-10">
      <p className="sr-only" role="status">
        One moment
      </p>
      <div className="h-96 animate-breathe rounded-3xl bg-sunk" />
      <div className="h-96 animate-breathe rounded-3xl bg-sunk" />
    </div>
  )
}
