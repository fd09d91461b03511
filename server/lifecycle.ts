/** What starts must stop: stops run once, last started first, and every failure is reported together. */
export class Lifecycle {
  readonly #stops: { name: string; stop: () => unknown }[] = [];
  #stopping: Promise<void> | undefined;

  defer(name: string, stop: () => unknown): void {
    this.#stops.push({ name, stop });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#runStops();
    return this.#stopping;
  }

  async #runStops(): Promise<void> {
    const failures: unknown[] = [];
    for (const { name, stop } of this.#stops.toReversed()) {
      try {
        await stop();
      } catch (cause) {
        failures.push(new Error(`could not stop ${name}`, { cause }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'shutdown was not clean');
  }
}
