# The program with what it takes to run: `docker compose up` (compose.yaml).
FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install --yes --no-install-recommends make fontconfig libpango-1.0-0 libpangoft2-1.0-0 \
    libharfbuzz-subset0 fonts-liberation2 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/cchc
COPY . .
RUN make setup && useradd --create-home cchc
USER cchc
EXPOSE 4200 4280
ENTRYPOINT ["/opt/cchc/.venv/bin/cchc"]
CMD ["serve"]
