//! Models in the seats: retries, limits, money, stopping, switching.
