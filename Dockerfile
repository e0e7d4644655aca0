# The embedded PostgreSQL's wheel needs glibc 2.28 or newer: Debian has it, Alpine does not.
FROM python:3.12-slim AS build
WORKDIR /source
RUN python -m venv /opt/fenshen
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY skills skills
COPY migrations migrations
RUN /opt/fenshen/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt .

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin fenshen \
    && install -d -o fenshen -g fenshen -m 0700 /data
COPY --from=build /opt/fenshen /opt/fenshen
ENV PATH=/opt/fenshen/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FENSHEN_DATA=/data \
    FENSHEN_HOST=0.0.0.0 \
    FENSHEN_PORT=8321
USER fenshen
VOLUME /data
EXPOSE 8321
# A start may have to recover the database first. The address is this container's own, so no proxy is asked.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ['FENSHEN_PORT']}/healthz\", timeout=8)"]
# Process 1 takes SIGTERM itself and collects what PostgreSQL leaves behind: no init is needed.
ENTRYPOINT ["fenshen"]
CMD ["serve"]
